/**
 * What needs Node: journals and blobs on files, so that runs outlive their process. Everything else of Heddle is in `@heddle/core`.
 *
 * @packageDocumentation
 */
export { FileBlobStore, type FileBlobStoreOptions } from './file/file-blob-store.ts'
export { FileStore, type FileStoreOptions } from './file/file-store.ts'
export type { IFiles, OpenFile, ReadableFile } from './file/files.ts'
export type { FsyncPolicy } from './file/journal-services.ts'
export type { IProcesses, ProcessIdentity } from './file/processes.ts'
