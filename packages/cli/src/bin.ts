#!/usr/bin/env node
import { exitCodes } from './exit-codes.ts'
import { processIo } from './io.ts'
import { main } from './main.ts'
import { noteIdle } from './run/idle-process.ts'

const io = processIo()

// A reader that goes away (`heddle … | head`) is no defect.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    if (stream === process.stdout) io.stderr.write(`error: stdout cannot be written: ${error.message}\n`)
    process.exit(exitCodes.failed)
  })
}

process.on('beforeExit', () => {
  if (noteIdle()) return
  io.stderr.write('error: nothing is left to do, but something is still waited for: a promise that never settles.\n')
  process.exit(exitCodes.failed)
})

const exitCode = await main(process.argv.slice(2), io)
// What the user's modules left open (connections, timers) does not keep the command; what was written is on its way first.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise((resolve) => {
    stream.write('', resolve)
  })
}
process.exit(exitCode)
