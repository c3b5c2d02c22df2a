// The layers of the workspace, checked by a machine. Each rule says what it keeps apart, and why.
const onlyIn = (library, home) => ({
  name: `${library}-only-in-${home}`,
  comment: `One technology, one adapter package: ${library} is imported by ${home} alone.`,
  severity: 'error',
  from: { pathNot: `^${home}/` },
  to: { path: `/node_modules/${library}/` },
})

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      comment: 'Packages of types alone (geojson) are resolved by tsc.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(geojson|topojson-specification)$' },
    },
    {
      name: 'service-is-an-island',
      comment: 'A service never imports a service: they meet in Kafka, Redis and ClickHouse.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/([^/]+)/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-look-down',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(services|infra|test)/' },
    },
    {
      name: 'through-the-index',
      comment: "Nobody imports past a package's index.ts; tests have one of their own.",
      severity: 'error',
      from: { path: '^(packages/[^/]+|services/[^/]+|infra|test)/' },
      to: { path: '^packages/([^/]+)/src/', pathNot: ['^packages/[^/]+/src/(testing/)?index\\.ts$', '^$1/'] },
    },
    {
      name: 'domain-is-pure',
      comment: 'domain/ imports domain/, contracts and named pure libraries: no I/O, no clock, no SDK.',
      severity: 'error',
      from: { path: '/domain/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: [
          '/domain/',
          '^packages/(contracts|akimats)/src/index\\.ts$',
          ...['libphonenumber-js', 'franc', '@sinclair/typebox', 'd3-geo'].map(
            (library) => `/node_modules/${library}/`,
          ),
          '^(node:)?crypto$',
        ],
      },
    },
    onlyIn('kafkajs', 'packages/kafka'),
    onlyIn('bullmq', 'packages/queue'),
    onlyIn('ioredis', 'packages/queue'),
    onlyIn('@clickhouse/client', 'packages/clickhouse'),
    onlyIn('chdb', 'infra/local'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
}
