/** Names of the months. */
export const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `+1.7`, `−0.3`: with a sign that is as wide as the plus. */
export function signed(value: number, digits = 1): string {
  const size = Math.abs(value).toFixed(digits)
  return Number(size) === 0 ? size : `${value < 0 ? '−' : '+'}${size}`
}

/** `1,461` */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `11 August 2014` of `2014-08-11` */
export function longDate(date: string): string {
  return new Date(date).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
}

/** `88 ms`, `1.18 s` */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}

/** `1 item`, `4 items` */
export function count(amount: number, noun: string): string {
  return `${whole(amount)} ${noun}${amount === 1 ? '' : 's'}`
}
