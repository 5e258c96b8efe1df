import { isHeddleError, type HeddleError } from '@heddle/core'

/** What a promise rejects with. @throws Error if it resolves */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('expected a rejection, and the promise resolved')
}

/** What a call throws. @throws Error if it returns, or if it throws something that is no error of Heddle */
export function failure(call: () => unknown): HeddleError {
  try {
    call()
  } catch (error) {
    if (isHeddleError(error)) return error
    throw new Error('expected an error of Heddle', { cause: error })
  }
  throw new Error('expected a throw, and the call returned')
}
