/** How many partitions there are. It is part of where records are found: another number would find none of them. */
export const partitionCount = 256

/** The partition of a run or a key: FNV-1a over its characters. */
export function partitionOf(id: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  // The upper bits are the better mixed ones.
  return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (partitionCount - 1)
}

/** What the keys of a partition begin with. Their hash tag is the partition: on a cluster all of them are in one slot. */
export function partitionKey(prefix: string, partition: number): string {
  return `${prefix}:{p${partition}}`
}

/** What the keys of a run begin with, and the key of the run itself. */
export function runKey(prefix: string, partition: number, runId: string): string {
  return `${prefix}:{p${partition}}:run:${runId}`
}
