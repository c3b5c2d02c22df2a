/** What a command ends with. 0: all is well; 1: it failed; 2: it did its work, and some of what it was given was refused. */
export type ExitCode = 0 | 1 | 2

/** `document` is what `--json` prints, `text` what a person reads. */
export interface Outcome {
  readonly document: unknown
  readonly text: string
  readonly exitCode: ExitCode
}

/** Does a command's work and shows its outcome; errors are told in words. Never rejects. */
export type Run = (work: () => Promise<Outcome> | Outcome) => Promise<void>

/** Lines of a table with its columns aligned; numbers belong to the right. */
export const alignColumns = (rows: readonly (readonly (string | number)[])[]): string => {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, String(cell).length)),
    [],
  )
  const show = (cell: string | number, column: number): string =>
    typeof cell === 'number' ? String(cell).padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)
  return rows.map((row) => `  ${row.map(show).join('  ')}`.trimEnd()).join('\n')
}
