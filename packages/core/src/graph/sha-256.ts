/** The first 32 bits of the fractional parts of the square roots of the first 8 primes (§5.3.3). */
const initialState = fractionalBits(8, Math.sqrt)

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2). */
const constants = fractionalBits(64, Math.cbrt)

/**
 * SHA-256 (FIPS 180-4), synchronously: the Web Crypto of browsers only digests asynchronously, and a definition hash is needed where
 * nothing waits.
 *
 * @returns 64 lower-case hexadecimal characters
 */
export function sha256(message: Uint8Array): string {
  const state = Uint32Array.from(initialState)
  const words = new Uint32Array(64)
  const wholeBlocks = message.length >>> 6
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  for (let block = 0; block < wholeBlocks; block++) compress(state, words, view, block << 6)
  const tail = paddedTail(message, wholeBlocks << 6)
  for (let at = 0; at < tail.byteLength; at += 64) compress(state, words, tail, at)
  let hex = ''
  for (const word of state) hex += word.toString(16).padStart(8, '0')
  return hex
}

/** What is left after the whole blocks, a 1 bit, zeros, and the length of the message in bits (§5.1.1). */
function paddedTail(message: Uint8Array, start: number): DataView {
  const rest = message.length - start
  const tail = new Uint8Array(rest < 56 ? 64 : 128)
  tail.set(message.subarray(start))
  tail[rest] = 0x80
  const view = new DataView(tail.buffer)
  view.setUint32(tail.length - 8, Math.floor(message.length / 0x20_00_00_00))
  view.setUint32(tail.length - 4, (message.length << 3) >>> 0)
  return view
}

/** One block of 64 bytes (§6.2.2). */
function compress(state: Uint32Array, words: Uint32Array, view: DataView, offset: number): void {
  for (let t = 0; t < 16; t++) words[t] = view.getUint32(offset + (t << 2))
  for (let t = 16; t < 64; t++) {
    const x = words[t - 15] as number
    const y = words[t - 2] as number
    const sigma0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const sigma1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    words[t] = (words[t - 16] as number) + sigma0 + (words[t - 7] as number) + sigma1
  }
  let a = (state[0] as number) | 0
  let b = (state[1] as number) | 0
  let c = (state[2] as number) | 0
  let d = (state[3] as number) | 0
  let e = (state[4] as number) | 0
  let f = (state[5] as number) | 0
  let g = (state[6] as number) | 0
  let h = (state[7] as number) | 0
  for (let t = 0; t < 64; t++) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const chosen = (e & f) ^ (~e & g)
    const first = (h + sum1 + chosen + (constants[t] as number) + (words[t] as number)) | 0
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + sum0 + majority) | 0
  }
  addTo(state, 0, a)
  addTo(state, 1, b)
  addTo(state, 2, c)
  addTo(state, 3, d)
  addTo(state, 4, e)
  addTo(state, 5, f)
  addTo(state, 6, g)
  addTo(state, 7, h)
}

function addTo(state: Uint32Array, index: number, value: number): void {
  state[index] = ((state[index] as number) + value) | 0
}

function fractionalBits(count: number, root: (value: number) => number): Uint32Array {
  const bits = new Uint32Array(count)
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let divisor = 2
    while (candidate % divisor !== 0) divisor++
    if (divisor === candidate) bits[found++] = (root(candidate) % 1) * 2 ** 32
  }
  return bits
}
