/** The services that are built in, which the build writes in from their declarations; how each stands only the server knows. */
export interface Service {
  readonly integration: string;
  readonly name: string;
  readonly category: string;
  readonly aliases: readonly string[];
  /** Where its mark is; null: the page has it. */
  readonly mark: string | null;
}

declare const BUILT_IN_SERVICES: readonly Service[];

export const services: readonly Service[] = BUILT_IN_SERVICES;
