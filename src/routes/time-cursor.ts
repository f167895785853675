/** Where a page of a list ends that goes by time, and by id where that is the same. */
import { AppError } from "../errors.ts";

export const timeCursor = (at: string, id: string): string => `${at}~${id}`;

/** @throws AppError `invalid_cursor` */
export function readTimeCursor(cursor: string): readonly [at: string, id: string] {
  const [at, id] = cursor.split("~");
  if (!at || !id) {
    throw new AppError(
      "invalid_cursor",
      "This cursor is not one of this list. Leave it out to start from the beginning.",
    );
  }
  return [at, id];
}
