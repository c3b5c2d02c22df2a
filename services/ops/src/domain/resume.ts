import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { Sha256 } from '@baqylau/contracts'
import { START } from './numbered-lines.ts'

const Whole = Type.Integer({ minimum: 0 })

/** What makes a file this file: a change of any of it, and its submission starts over. */
const FileIdentity = Type.Object({ size: Whole, mtimeMs: Type.Number(), headSha256: Sha256 })
export type FileIdentity = Static<typeof FileIdentity>

/** How far an interrupted submission came. `destination` stands for the intake and the key: others start over. */
export const SubmissionState = Type.Object({
  file: FileIdentity,
  destination: Sha256,
  position: Type.Object({ lines: Whole, bytes: Whole }),
  accepted: Whole,
  refused: Whole,
})
export type SubmissionState = Static<typeof SubmissionState>

/**
 * Where to go on: what was saved when it is about this file and this destination, else the beginning. Going back to the
 * beginning is always safe, since the same reports sent again are the same reports.
 */
export const resumeFrom = (saved: unknown, file: FileIdentity, destination: string): SubmissionState =>
  Value.Check(SubmissionState, saved) &&
  Value.Equal(saved.file, file) &&
  saved.destination === destination &&
  saved.position.bytes <= file.size
    ? saved
    : { file, destination, position: START, accepted: 0, refused: 0 }
