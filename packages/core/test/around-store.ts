import type { ICoordinationStore } from '../src/ports/coordination-store.ts'

/** One call of an operation of a store. */
export interface StoreCall {
  readonly name: keyof ICoordinationStore
  readonly parameters: readonly unknown[]
  /** Calls the operation, each time that it is called. */
  readonly carryOut: () => Promise<unknown>
}

/** A store that does something around every operation. What `around` answers must be what the operation could answer. */
export function aroundStore(
  store: ICoordinationStore,
  around: (call: StoreCall) => Promise<unknown>,
): ICoordinationStore {
  return new Proxy(store, {
    get: (target, key) => {
      const operation = Reflect.get(target, key) as (...parameters: unknown[]) => Promise<unknown>
      const name = key as keyof ICoordinationStore
      return (...parameters: unknown[]) =>
        around({ name, parameters, carryOut: () => operation.apply(target, parameters) })
    },
  })
}
