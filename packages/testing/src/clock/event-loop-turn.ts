/**
 * Resolves after one turn of the event loop: all microtasks have run, and so have the tasks that were due. A message channel of its
 * own for each call: it works in browsers and in Node, fake timers leave it alone, and closed at once it keeps no process alive.
 */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(undefined)
  })
}
