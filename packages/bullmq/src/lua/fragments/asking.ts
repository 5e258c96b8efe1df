import { lua } from '../define-script.ts'

/** Whoever asks for a permit: the dispatch, its token, lease and job, and the token that holds the dispatch's permit. */
export const asking: string = lua`
local id, token, leaseMs, job = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[8]
takeLimit(5)
refresh()
local holder = holderToken(id)
`
