import { setTimeout as pause } from 'node:timers/promises'
import { defineWorkflow, ofType } from '@heddle/core'

/** Draws a card for each guest, asks whether they may be sent, and sends them. Clients and workers import the same definition. */
export const invitations = defineWorkflow('invitations', { input: ofType<{ readonly guests: readonly string[] }>() })
  .map(
    'draw',
    // Only workers that serve the queue "drawing" take these.
    { over: ({ input }) => input.guests, queue: 'drawing', concurrency: 4 },
    async ({ item, signal }) => {
      console.log(`draws a card for ${item}`)
      await pause(400, undefined, { signal })
      return `Dear ${item}, please come!`
    },
  )
  .wait('approval', { after: 'draw', schema: ofType<{ readonly ok: boolean }>() })
  .node('send', { after: ['draw', 'approval'] }, ({ deps }) => {
    console.log(`sends ${deps.draw.length} cards`)
    return deps.approval.ok ? deps.draw : []
  })
  .build()
