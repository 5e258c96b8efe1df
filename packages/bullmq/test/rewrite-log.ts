import { Redis } from 'ioredis'

/**
 * Lets a Redis write its append-only file anew, and waits until that is done. What an operator has to do after a start from a file that was
 * cut off: most servers leave the beginning of a script that was torn in it, and carry that out at the start after the next.
 */
export async function rewriteLog(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  try {
    // One that the server began by itself may have begun before the file was cut off.
    await untilRewritten(redis)
    await redis.bgrewriteaof()
    await untilRewritten(redis)
  } finally {
    redis.disconnect()
  }
}

async function untilRewritten(redis: Redis): Promise<void> {
  while (/aof_rewrite_(?:in_progress|scheduled):1/u.test(await redis.info('persistence'))) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}
