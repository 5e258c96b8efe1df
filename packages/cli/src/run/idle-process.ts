/** Says whether it knew a way on. */
type Listener = () => boolean

const listeners: Listener[] = []

/**
 * Calls the listener when this process has nothing left to do: no timer, no connection, nothing that could ever settle the promise
 * that somebody waits for. Node would end without a word, and with exit code 0.
 *
 * @returns stops it
 */
export function whenIdle(listener: Listener): () => void {
  listeners.push(listener)
  return () => {
    listeners.splice(listeners.indexOf(listener), 1)
  }
}

/** Called before the process ends by itself. False if nobody knew a way on. */
export function noteIdle(): boolean {
  return listeners.toReversed().some((listener) => listener())
}
