/** Ids of nodes, workflows and runs: letters, digits, `_`, `.`, `-`, 1 to 128 characters. Every separator that Heddle writes lies outside. */
const idPattern = /^[A-Za-z0-9_.-]{1,128}$/u

/** What is wrong with an id, or `undefined` if it may be used. */
export function checkId(id: unknown): string | undefined {
  if (typeof id === 'string' && idPattern.test(id) && id !== '__proto__') return undefined
  const shown = typeof id === 'string' ? `"${id.slice(0, 140)}"` : typeof id
  return `the id ${shown} is not allowed; an id matches [A-Za-z0-9_.-]{1,128} and is not "__proto__"`
}
