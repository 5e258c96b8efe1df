import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** One address whose new connections lead to a server, and later to another one: as behind a load balancer, or a name that moves. */
export interface MovingAddress {
  readonly url: string
  /** Leads new connections to another port; those that there are stay where they are. */
  moveTo(port: number): void
  /** Ends all connections. */
  close(): Promise<void>
}

/** Opens an address on loopback that leads to a port. */
export async function openMovingAddress(port: number): Promise<MovingAddress> {
  let target = port
  const sockets = new Set<Socket>()
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => other.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((here) => {
    const there = connect(target, '127.0.0.1')
    keep(here, there)
    keep(there, here)
    here.pipe(there).pipe(here)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    moveTo: (next) => {
      target = next
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
