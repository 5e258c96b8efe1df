/**
 * Lets a script read the fields of its run that it speaks of as `state.<name>`, and no others: to read one that is not there costs a
 * script as much as one that is.
 *
 * @param text Lua code in which `<fields>` stands for the names and `<state>` for what is in the table of them
 */
export function withStateFields(text: string): string {
  const names = [...new Set([...text.matchAll(/\bstate\.(\w+)/gu)].map(([, name = '']) => name))]
  return text
    .replace('<fields>', names.map((name) => `'${name}'`).join(', '))
    .replace('<state>', names.map((name, at) => `${name} = fields[${at + 1}] or nil`).join(', '))
}
