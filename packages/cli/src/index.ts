/**
 * The `heddle` command as functions: what the executable calls, for those who want to build a command of their own.
 *
 * @packageDocumentation
 */
export {}
