import type { Import, SourceFile } from './source-files.ts'

/** One rule on imports. Several rules can apply to a file, which has to satisfy all. */
export interface ImportRule {
  readonly because: string
  readonly files: RegExp
  readonly except?: RegExp
  /** If given, everything else is forbidden. */
  readonly only?: readonly RegExp[]
  readonly never?: readonly RegExp[]
  /** May be imported, but as types. */
  readonly onlyTypes?: readonly RegExp[]
  readonly mayReadEnvironment?: false
}

const sdk = /^(@aws-sdk|@smithy)\//
const edgeLibraries = /^(aws-lambda|middy|@middy\/.*|@aws-lambda-powertools\/.*)$/
const adapters = /^shared\/adapters\//
const contracts = /^shared\/contracts\//
const domain = /^shared\/domain\//
const ports = /^shared\/ports\//
const protocols = /^shared\/protocols\//
const packages = /^(?!shared\/|functions\/|infra\/|bin\/|test\/|web\/)/

/** Below `functions/`: everything but the entry and the edge, that is use cases and the pure rules beside them. */
const useCases = /^functions\/(?!.*\/(index|handler)\.ts$)/

/** `bin → infra → shared/contracts` and `index → handler → use case → ports → domain`; adapters implement ports. */
export const importRules: readonly ImportRule[] = [
  {
    because: 'the domain is pure: no clock, no I/O, no SDK, no zod',
    files: domain,
    only: [domain, /^temporal-polyfill$/],
    mayReadEnvironment: false,
  },
  {
    because: 'a port says what is needed, in words of the domain, and not how it is given',
    files: ports,
    only: [ports, domain, contracts],
    onlyTypes: [/./],
  },
  {
    because: 'contracts are shapes that cross a boundary, and know nobody on either side',
    files: contracts,
    except: /^shared\/contracts\/environments\.ts$/,
    only: [contracts, domain, /^zod(\/mini)?$/],
    mayReadEnvironment: false,
  },
  {
    because: 'a protocol is a use case that several functions share',
    files: protocols,
    only: [protocols, ports, domain, contracts, /^node:/],
    onlyTypes: [contracts],
    mayReadEnvironment: false,
  },
  {
    because:
      'a use case knows ports and the domain; AWS, zod and the environment are the business of edge and adapters',
    files: useCases,
    never: [sdk, edgeLibraries, adapters, /^shared\/lambda\//, /^zod/, /^node:(fs|http|https|net|child_process)/],
    mayReadEnvironment: false,
  },
  {
    because: 'a handler maps event to use case to answer; index.ts alone wires adapters',
    files: /^functions\/.*\/handler\.ts$/,
    never: [sdk, adapters],
    mayReadEnvironment: false,
  },
  {
    because: 'adapters implement ports and know nobody who uses them',
    files: adapters,
    never: [/^shared\/lambda\//, protocols],
  },
  {
    because: 'what is shared knows no function and nothing of where it runs',
    files: /^shared\//,
    never: [/^(functions|infra|bin|test|web)\//, /^<computed>$/],
  },
  {
    because: 'a function knows nothing of where it runs',
    files: /^functions\//,
    never: [/^(infra|bin|test|web)\//, /^<computed>$/],
  },
  {
    because: 'infra names a function by its folder; contracts and mail templates are what both sides share',
    files: /^infra\/(?!local\/)/,
    only: [/^infra\/(?!local\/)/, contracts, /^shared\/emails\//, packages],
  },
  {
    because: 'the local run knows the assembly as AWS would, and nothing of what runs in it',
    files: /^infra\/local\/(?!sample-data\/)/,
    only: [/^infra\//, contracts, packages],
  },
  {
    because: "sample data is made from the catalogue and comes in through the operators' routes",
    files: /^infra\/local\/sample-data\//,
    only: [/^infra\/local\/sample-data\//, domain, contracts, /^shared\/adapters\/operations-api\//, packages],
  },
  {
    because: 'nothing that is deployed or started knows its tests',
    files: /^(bin|infra)\//,
    never: [/^test\//],
  },
]

/** The functions that show a candidate results. */
const resultReaders = /^functions\/(identity\/export-account|results\/(list-results|show-statement))\/index\.ts$/

/** A file with a restricted list of importers. */
interface Reserved {
  readonly because: string
  readonly target: string
  readonly by: readonly RegExp[]
  /** Whether anybody may name its types; default no. */
  readonly typesForAll?: true
}

/** Files that protect a guarantee of the service, and who may import them. */
export const reserved: readonly Reserved[] = [
  {
    because: 'passwords are the business of the gate, and of identity where one is set (G1)',
    target: 'shared/ports/password-hasher.ts',
    by: [/^shared\/protocols\/password-gate\.ts$/, /^functions\/identity\//, /^shared\/adapters\/node\//],
  },
  {
    because: 'attempts are counted in the gates alone (G1)',
    target: 'shared/ports/sign-in-guards.ts',
    by: [/^shared\/protocols\/(\w+-)*gate\.ts$/, /^shared\/adapters\/dynamo\//],
  },
  {
    because: 'each kind of secret has one gate (G1)',
    target: 'shared/protocols/secret-gate.ts',
    by: [/^shared\/protocols\/(password|secret-number)-gate\.ts$/],
    typesForAll: true,
  },
  {
    because: 'versions that may not be seen are read by the list alone, which shows the visible one (G3)',
    target: 'shared/ports/results.ts',
    by: [/^shared\/protocols\/list-results\.ts$/, /^shared\/adapters\/dynamo\/results\.ts$/],
  },
  {
    because: 'only what shows a candidate results may reach them (G3)',
    target: 'shared/adapters/dynamo/results.ts',
    by: [resultReaders],
  },
  {
    because: 'which version may be seen is said for the list alone, and by the embargo (G3)',
    target: 'shared/domain/result-status.ts',
    by: [/^shared\/protocols\/list-results\.ts$/],
    typesForAll: true,
  },
]

/** A result's payload is read where it is visible already, where a file of results is compared with what is stored, and where a plan counts how grades are spread. */
const payloadReaders = [
  /^functions\/results\/result-answer\.ts$/,
  /^shared\/statements\/statement-page\.ts$/,
  /^shared\/domain\/(exam-rules|result-digest)\.ts$/,
  /^shared\/adapters\/dynamo\/session-details\.ts$/,
]

/** Reading a result's payload elsewhere bypasses both gates (G3). */
const readsPayload = (file: SourceFile): string[] =>
  file.membersUsed.has('payload') && /^(functions|shared)\//.test(file.path) && !matches(payloadReaders, file.path)
    ? [`${file.path} takes a payload, but what a result says is read behind its gates alone (G3)`]
    : []

/** The only file that verifies passwords: calling `verify` elsewhere bypasses the lock (G1). */
const verifies = (file: SourceFile): string[] =>
  file.membersUsed.has('verify') &&
  /^(functions|shared)\//.test(file.path) &&
  file.path !== 'shared/protocols/password-gate.ts'
    ? [`${file.path} calls verify, but a password is compared in its gate alone (G1)`]
    : []

/** A file's violations of the rules, as sentences that name it. */
export const faultsOf = (file: SourceFile): string[] => [
  ...importRules
    .filter(({ files, except }) => files.test(file.path) && !except?.test(file.path))
    .flatMap((rule) => [
      ...file.imports
        .filter((imported) => breaks(rule, imported))
        .map(({ target }) => `${file.path} imports ${target}, but ${rule.because}`),
      ...(rule.mayReadEnvironment === false && file.readsEnvironment
        ? [`${file.path} reads process.env, but ${rule.because}`]
        : []),
    ]),
  ...reserved.flatMap(({ target, by, typesForAll, because }) =>
    file.imports
      .filter((imported) => imported.target === target && !(typesForAll && imported.typeOnly))
      .filter(() => !matches(by, file.path))
      .map(() => `${file.path} imports ${target}, but ${because}`),
  ),
  ...verifies(file),
  ...readsPayload(file),
  ...file.imports
    .filter(({ target }) => isOfAnotherFunction(file.path, target))
    .map(({ target }) => `${file.path} imports ${target}, which belongs to another function`),
]

const breaks = ({ only, never, onlyTypes }: ImportRule, { target, typeOnly }: Import): boolean =>
  (only !== undefined && !matches(only, target)) || matches(never, target) || (!typeOnly && matches(onlyTypes, target))

const matches = (patterns: readonly RegExp[] | undefined, target: string): boolean =>
  patterns?.some((pattern) => pattern.test(target)) ?? false

const functionFolder = (path: string): string | undefined => /^functions\/[^/]+\/[^/]+\//.exec(path)?.[0]

const isOfAnotherFunction = (path: string, target: string): boolean => {
  const folder = functionFolder(target)
  return path.startsWith('functions/') && folder !== undefined && folder !== functionFolder(path)
}
