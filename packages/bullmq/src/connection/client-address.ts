/** Where a client of a single server connects to, without what is secret. */
export function clientAddress(options: object | undefined): string {
  const given: { readonly host?: string; readonly port?: number; readonly path?: string } = options ?? {}
  const { host = '127.0.0.1', port = 6379, path } = given
  return path ?? `${host}:${port}`
}
