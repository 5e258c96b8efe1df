import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import path from 'node:path'

const require = createRequire(import.meta.url)

/** A server of this machine that is not reliable. */
export interface DataServer extends AsyncDisposable {
  readonly normalsUrl: string
  /** How many requests have come in. */
  readonly requests: () => number
}

/** A file of the npm package `vega-datasets`, which ships real data. */
export function datasetFile(name: string): string {
  return path.join(path.dirname(require.resolve('vega-datasets')), '..', 'data', name)
}

/** Serves Seattle's climate normals on a free port, but answers the first requests with 503: a download that has to be retried. */
export async function openDataServer(failures = 2): Promise<DataServer> {
  let requests = 0
  const server = createServer((_request, response) => {
    requests += 1
    if (requests <= failures) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('busy, come back later')
      return
    }
    response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' })
    createReadStream(datasetFile('seattle-weather-hourly-normals.csv')).pipe(response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    normalsUrl: `http://127.0.0.1:${port}/seattle-weather-hourly-normals.csv`,
    requests: () => requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
