import { HeddleError } from '../errors/heddle-error.ts'
import { fromBase64, toBase64 } from './base64.ts'

/** Any list of numbers over a buffer. */
export type TypedArray = ArrayBufferView & { readonly length: number }

const types = {
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Uint8Array,
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
} as const

/** Whether a value is a typed array; a Buffer is one, a DataView is not. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

/** A typed array as `Type:base64`, in the byte order of this machine (little-endian on all that matter). */
export function toTypedArrayText(array: TypedArray): string {
  const type = Object.entries(types).find(([, constructor]) => array instanceof constructor)?.[0] ?? 'Uint8Array'
  return `${type}:${toBase64(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))}`
}

/** The inverse of {@link toTypedArrayText}; bytes of a Buffer come back as a Uint8Array. */
export function fromTypedArrayText(text: string): TypedArray {
  const [name = '', base64 = ''] = text.split(':')
  const type = Object.hasOwn(types, name) ? types[name as keyof typeof types] : undefined
  if (type === undefined) throw new HeddleError('INVALID_STATE', `unknown typed array "${name}"`)
  return new type(fromBase64(base64).buffer as ArrayBuffer)
}
