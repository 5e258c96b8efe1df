/**
 * An error of the client as it may be told: the client adds the command that failed, which holds what users store, or a password.
 *
 * @returns the same error
 */
export function withoutCommand<E>(error: E): E {
  if (error instanceof Error) {
    for (const name of ['command', 'previousErrors', 'lastNodeError']) {
      if (name in error) Reflect.deleteProperty(error, name)
    }
  }
  return error
}

/** What an error says. One of several connections has no words of its own. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { code } = error as { readonly code?: unknown }
  if (error.message !== '') return error.message
  return typeof code === 'string' ? code : error.name
}
