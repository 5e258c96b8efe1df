/**
 * The part of Standard Schema (https://standardschema.dev, version 1) that Heddle uses. Any library that implements it fits: zod,
 * valibot, arktype. Core depends on none.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    /** Checks a value and may convert it; a value that does not match is answered with issues, not thrown. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What a schema answers: the value, or every issue with its path. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

/** One reason why a value does not match, and where. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The type of the values that a schema lets through. */
export type SchemaOutput<S> = S extends StandardSchema<infer _Input, infer Output> ? Output : never

/** The type of the values that a schema accepts. */
export type SchemaInput<S> = S extends StandardSchema<infer Input, infer _Output> ? Input : never
