/** A function of Lua code that begins at the start of a line, or what stands between two of them. */
export interface Piece {
  /** Of a function. */
  readonly name?: string
  readonly lines: readonly string[]
}

const functionStart = /^local function (\w+)/u

/** The pieces of Lua code, in order. Comments and empty lines are left out: a server does not need them. */
export function piecesOf(code: string): readonly Piece[] {
  const pieces: { name?: string; lines: string[] }[] = [{ lines: [] }]
  for (const line of code.split('\n')) {
    if (/^\s*(?:--|$)/u.test(line)) continue
    const name = functionStart.exec(line)?.[1]
    if (name !== undefined) pieces.push({ name, lines: [] })
    pieces.at(-1)?.lines.push(line)
    if (line === 'end' && pieces.at(-1)?.name !== undefined) pieces.push({ lines: [] })
  }
  return pieces.filter(({ lines }) => lines.length > 0)
}

/** Leaves out the functions that nothing calls: fragments have some that only other scripts need. */
export function withoutUnused(all: readonly Piece[]): readonly Piece[] {
  const isUsed = (piece: Piece): boolean => all.some((other) => other !== piece && speaksOf(other, piece.name ?? ''))
  const used = all.filter((piece) => piece.name === undefined || isUsed(piece))
  return used.length === all.length ? used : withoutUnused(used)
}

/** Whether a name stands somewhere in a piece. */
export function speaksOf({ lines }: Piece, name: string): boolean {
  const sign = new RegExp(`\\b${name}\\b`, 'u')
  return lines.some((line) => sign.test(line))
}
