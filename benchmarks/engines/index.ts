import type { Engine, EngineName } from './contract.ts'

/** Loads one engine and nothing of the others: a process that measures one does not carry the memory of all. */
export const loadEngine: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  floor: async () => (await import('./floor.ts')).floor,
  heddle: async () => (await import('./heddle.ts')).heddle,
  flowcraft: async () => (await import('./flowcraft.ts')).flowcraft,
  langgraph: async () => (await import('./langgraph.ts')).langgraph,
}
