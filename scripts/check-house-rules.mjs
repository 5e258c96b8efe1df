/**
 * Rules of the house that no other tool knows: names that say nothing, hosts and machine paths in files, one page in
 * docs/errors/ for every error code, a test or a reason for every fault in docs/known-faults.md.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { rootFolder } from './ensure-installed.mjs'

const problems = []

/** Every file that is or could be committed. Outside of a git checkout there is nothing to say. */
const listFiles = () => {
  if (!existsSync(path.join(rootFolder, '.git'))) return []
  const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: rootFolder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return [...new Set(listing.split('\0'))].filter((file) => file !== '' && existsSync(path.join(rootFolder, file)))
}

const emptyNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'types', 'misc'])

const checkNames = (file) => {
  if (!/^packages\/[^/]+\/src\//u.test(file)) return
  for (const part of file.split('/').slice(3)) {
    const name = part.replace(/\..*$/u, '')
    if (emptyNames.has(name)) problems.push(`${file}: "${part}" says nothing; name it after the one thing in it.`)
  }
}

const textOf = (file) => {
  const bytes = readFileSync(path.join(rootFolder, file))
  return bytes.includes(0) ? '' : bytes.toString('utf8')
}

const forbiddenTexts = [
  { pattern: /\bregistry\.[a-z0-9-]+\.[a-z]{2,}/iu, what: 'the host of a package registry' },
  { pattern: /^\s*tarball: |\btarball: ?https?:/mu, what: 'the address of a tarball' },
  {
    pattern: new RegExp(`(?<![\\w.-])${rootFolder.replaceAll(/[^\w/-]/gu, String.raw`\$&`)}/`, 'u'),
    what: 'a path of this machine',
  },
]

const checkText = (file) => {
  const text = textOf(file)
  for (const { pattern, what } of forbiddenTexts) {
    const match = pattern.exec(text)
    if (match === null) continue
    problems.push(`${file}:${text.slice(0, match.index).split('\n').length}: ${what} ("${match[0].trim()}").`)
  }
}

/** The codes in core and the pages in docs/errors/ agree, in both directions. */
const checkErrorPages = () => {
  const codesFile = path.join(rootFolder, 'packages/core/src/errors/codes.ts')
  const pagesFolder = path.join(rootFolder, 'docs/errors')
  if (!existsSync(codesFile) || !existsSync(pagesFolder)) return
  const [, list = ''] = /errorCodes[^=]*=\s*\[([^\]]*)\]/u.exec(readFileSync(codesFile, 'utf8')) ?? []
  const codes = new Set([...list.matchAll(/'([A-Z_]+)'/gu)].map(([, code = '']) => code))
  const pages = new Set(
    readdirSync(pagesFolder)
      .filter((name) => name.endsWith('.md') && !['index.md', 'README.md'].includes(name))
      .map((name) => name.slice(0, -'.md'.length)),
  )
  if (codes.size === 0) problems.push('packages/core/src/errors/codes.ts: found no codes; has its form changed?')
  for (const code of codes) {
    if (!pages.has(code)) problems.push(`docs/errors/${code}.md is missing: every error code has a page.`)
  }
  for (const page of pages) {
    if (!codes.has(page)) problems.push(`docs/errors/${page}.md: no error has this code.`)
  }
}

/** Whether a file has a test, or a behaviour of a conformance suite, of this title. A test that is always skipped is none. */
const hasTest = (file, title) => {
  const text = existsSync(path.join(rootFolder, file)) ? textOf(file) : ''
  const literals = [`'${title}'`, `"${title}"`, `\`${title}\``]
  const before = literals.flatMap((literal) => text.split(literal).slice(0, -1))
  return before.some((part) => /(?:\bit\(|\)\(|\bname: |\[)\s*$/u.test(part))
}

/** Every fault has tests, by titles that exist in the files that the foot of the page gives for them, or a reason why it cannot occur. */
const checkKnownFaults = () => {
  const page = 'docs/known-faults.md'
  const lines = textOf(page).split('\n')
  const rows = lines.filter((line) => line.startsWith('| ') && !/^\| (?:The fault|-+) /u.test(line))
  if (rows.length === 0) problems.push(`${page}: found no faults; has its form changed?`)
  const tests = new Map(
    lines.flatMap((line) => {
      const [, title, file] = /^\[(.+)\]: \.\.\/(\S+)$/u.exec(line) ?? []
      return title === undefined ? [] : [[title, file]]
    }),
  )
  for (const [title, file] of tests) {
    if (!hasTest(file, title)) problems.push(`${page}: ${file} has no test "${title}"; was it renamed?`)
  }
  const named = new Set()
  for (const row of rows) {
    const [, fault = '', shown = ''] = row.split('|').map((cell) => cell.trim())
    const titles = [...shown.matchAll(/\[(.+?)\](?: · |$)/gu)].map(([, title = '']) => title)
    const isShown = titles.length > 0 || /^Cannot occur: \w/u.test(shown)
    if (!isShown) problems.push(`${page}: "${fault}" has no test and no reason.`)
    for (const title of titles) {
      if (!tests.has(title)) problems.push(`${page}: the foot of the page gives no file for "${title}".`)
      named.add(title)
    }
  }
  for (const title of tests.keys()) if (!named.has(title)) problems.push(`${page}: no fault names the test "${title}".`)
}

const files = listFiles()
for (const file of files) {
  checkNames(file)
  checkText(file)
}
checkErrorPages()
checkKnownFaults()

for (const problem of problems) console.error(problem)
console.log(`${files.length} files looked at, ${problems.length} problems.`)
process.exit(problems.length === 0 ? 0 : 1)
