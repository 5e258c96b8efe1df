import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fromMarkdown } from 'mdast-util-from-markdown'

/** One fenced block of TypeScript in a page. */
export interface Snippet {
  /** The page, from the root of the repository. */
  readonly page: string
  readonly line: number
  readonly code: string
  /** What its first console lines are, if a block marked `text` follows it. */
  readonly output: string | undefined
  /** `file=path`: the block shows that file of the repository, which is run where it lives. */
  readonly file: string | undefined
  /**
   * `program`: it is run with the pages. `server`, by that word behind `ts`: a program that needs a Redis, at the address that it names.
   * `elsewhere`, by that word: only compiled and compared here, since a test of its own runs it.
   */
  readonly kind: 'program' | 'server' | 'elsewhere'
}

/** One page, with what is checked of it. */
export interface Page {
  readonly page: string
  readonly snippets: readonly Snippet[]
  /** Targets of its links and images. */
  readonly links: readonly string[]
  /** Blocks marked `json`. */
  readonly json: readonly string[]
}

type Nodes = ReturnType<typeof fromMarkdown>['children'][number]

/** Reads the markdown pages of the repository that are written by hand. */
export function readPages(root: string): readonly Page[] {
  const pages = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.startsWith('api'))
    .map((file) => path.posix.join('docs', file.replaceAll('\\', '/')))
  return ['README.md', 'packages/core/README.md', ...pages].sort().map((page) => readPage(root, page))
}

function readPage(root: string, page: string): Page {
  const { children } = fromMarkdown(readFileSync(path.join(root, page), 'utf8'))
  const snippets: Snippet[] = []
  const json: string[] = []
  for (const [at, node] of children.entries()) {
    if (node.type !== 'code') continue
    if (node.lang === 'json') json.push(node.value)
    if (node.lang !== 'ts') continue
    const next = children[at + 1]
    const words = (node.meta ?? '').split(' ')
    snippets.push({
      page,
      line: node.position?.start.line ?? 0,
      code: node.value,
      output: next?.type === 'code' && next.lang === 'text' ? next.value : undefined,
      file: words.find((word) => word.startsWith('file='))?.slice('file='.length),
      kind: words.includes('server') ? 'server' : words.includes('elsewhere') ? 'elsewhere' : 'program',
    })
  }
  return { page, snippets, json, links: children.flatMap(linksOf) }
}

function linksOf(node: Nodes): string[] {
  const own = node.type === 'link' || node.type === 'image' || node.type === 'definition' ? [node.url] : []
  return 'children' in node ? [...own, ...node.children.flatMap(linksOf)] : own
}
