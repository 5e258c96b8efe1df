import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRedis, type RedisServer } from '../../test/redis-server.ts'
import { allScripts } from './all-scripts.ts'
import { defineRunScript, defineScript, lua, type RedisScript } from './define-script.ts'

let server: RedisServer
let redis: Redis

beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.url)
})

afterAll(async () => {
  await redis.quit()
  await server.stop()
})

async function load(script: RedisScript): Promise<(...given: string[]) => Promise<unknown>> {
  await redis.function('LOAD', 'REPLACE', script.text)
  return (...given) => redis.fcall(script.functionName, 0, given)
}

describe('a script on a server', () => {
  it.each(allScripts)('$name is taken: its library has no more variables than Lua allows', async (script) => {
    expect(await redis.function('LOAD', 'REPLACE', script.text)).toBe(script.functionName)
  })

  it('begins each call with none of its variables set, after a call that failed in the middle too', async () => {
    const counting = lua`
local count
local names = {}
local seen = (count or 0) + #names

local function add(name)
  count = (count or 0) + 1
  names[#names + 1] = name
  seen = seen + 1
  if name == 'fail' then redis.call('GET') end
end
`
    const call = await load(
      defineRunScript(
        'counting',
        [counting],
        'for _, name in ipairs(ARGV) do add(name) end\nreturn {false, {count or 0, names, seen}}',
      ),
    )
    const answers = [await call('a', 'b'), await call('c')]
    await expect(call('d', 'fail', 'e')).rejects.toThrow('Wrong number of args')
    answers.push(await call('f'), await call())
    expect(answers.map((answer) => JSON.parse((answer as string[])[1] ?? '') as unknown)).toEqual([
      [2, ['a', 'b'], 2],
      [1, ['c'], 1],
      [1, ['f'], 1],
      [0, {}, 0],
    ])
  })

  it('has the keys and arguments of this call, and no others, in its functions', async () => {
    const script = defineScript(
      'given',
      lua`
local function given()
  return {#KEYS, #ARGV, ARGV[1] or 'none'}
end
return given()`,
    )
    const call = await load(script)
    expect([await call('x', 'y'), await call()]).toEqual([
      [0, 2, 'x'],
      [0, 0, 'none'],
    ])
  })

  it('that only reads is called where memory is used up, and one that may write is refused as a whole', async () => {
    const reading = await load(defineScript('reading', `return redis.call('GET', 'a')`, { isReadOnly: true }))
    const writing = await load(defineScript('writing', `redis.call('DEL', 'a')\nreturn redis.call('SET', 'a', '1')`))
    await writing()
    await redis.config('SET', 'maxmemory', '1')
    await expect(writing()).rejects.toThrow('OOM')
    expect(await reading()).toBe('1')
    await redis.config('SET', 'maxmemory', '0')
  })
})
