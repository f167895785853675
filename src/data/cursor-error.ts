import { AppError } from "../errors.ts";

/** For a cursor that is none of this list. */
export function invalidCursor(): AppError {
  return new AppError(
    "invalid_cursor",
    "This cursor is not one of this list. Leave it out to start from the beginning.",
  );
}
