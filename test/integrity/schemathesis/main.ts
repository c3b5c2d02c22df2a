import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Pipeline } from '@baqylau/infra-local'
import { startTestPipeline } from '../../support/running-pipeline.ts'

/**
 * `npm run schemathesis [-- OPTION…]`: Schemathesis, all its checks, against what intake and atlas say of themselves in
 * /openapi.json, on a pipeline of its own. Options go on to `schemathesis run`.
 */
const VERSION = '4.32.5'
const HERE = import.meta.dirname
/** What it keeps goes with the data: `npm run clean` removes it. */
const TOOLS = join(HERE, '..', '..', '..', '.baqylau', `schemathesis-${VERSION}`)

const run = async (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const child = spawn(command, args, { stdio: 'inherit', env, cwd: TOOLS })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

/** In a virtual environment of its own, made at the first run. @throws Error when Python cannot make it. */
const install = async (): Promise<string> => {
  const command = join(TOOLS, 'bin', 'schemathesis')
  if (existsSync(command)) return command
  mkdirSync(TOOLS, { recursive: true })
  const made = await run('python3', ['-m', 'venv', TOOLS], process.env)
  const pip = join(TOOLS, 'bin', 'pip')
  const installed =
    made === 0 ? await run(pip, ['install', '--quiet', `schemathesis==${VERSION}`], process.env) : 1
  if (installed !== 0)
    throw new Error('Schemathesis could not be installed: it takes Python 3.10 or later, with venv and pip.')
  return command
}

/** The operator's key may do all there is. */
const optionsOf = ({ access }: Pipeline): readonly string[] => [
  '--header',
  `Authorization: Bearer ${access.keys.operator}`,
  '--request-timeout',
  '30',
  '--max-examples',
  '100',
]

const check = (command: string, url: string, pipeline: Pipeline): Promise<number> =>
  run(
    command,
    [
      '--config-file',
      join(HERE, 'schemathesis.toml'),
      'run',
      `${url}/openapi.json`,
      ...optionsOf(pipeline),
      ...process.argv.slice(2),
    ],
    { ...process.env, SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: '1' },
  )

const command = await install()
const pipeline = await startTestPipeline()
try {
  const codes = [
    await check(command, pipeline.intakeUrl, pipeline),
    await check(command, pipeline.atlasUrl, pipeline),
  ]
  process.exitCode = codes.every((code) => code === 0) ? 0 : 1
} finally {
  await pipeline.stop()
}
