import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartUpError } from '../start-up-error.ts'

/** One resource as written in the template, with unresolved expressions. */
export interface TemplateResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly Condition?: string
}

interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>
  readonly Conditions?: Readonly<Record<string, unknown>>
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>
  readonly Outputs?: Readonly<
    Record<
      string,
      { readonly Value: unknown; readonly Export?: { readonly Name: unknown }; readonly Condition?: string }
    >
  >
}

export interface StackFiles {
  readonly name: string
  readonly region: string
  readonly template: Template
}

/** The content of a folder written by `cdk synth`. */
export interface AssemblyFiles {
  readonly stacks: readonly StackFiles[]
  /** Files and folders of assets by the object key under which a deployment uploads them. */
  readonly assets: ReadonlyMap<string, string>
}

interface Artifact {
  readonly type: string
  readonly environment?: string
  readonly properties?: {
    readonly templateFile?: string
    readonly stackName?: string
    readonly file?: string
    readonly directoryName?: string
  }
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string }
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>
      }
    >
  >
}

/** Reads manifest, templates and asset manifests, nested assemblies included. Throws StartUpError if there is none. */
export const readAssemblyFiles = (folder: string): AssemblyFiles => {
  const manifest = readManifest(folder)
  const stacks: StackFiles[] = []
  const assets = new Map<string, string>()
  for (const [id, { type, environment = '', properties = {} }] of Object.entries(manifest.artifacts ?? {})) {
    switch (type) {
      case 'aws:cloudformation:stack':
        stacks.push({
          name: properties.stackName ?? id,
          region: regionOf(environment),
          template: readJson<Template>(join(folder, properties.templateFile ?? '')),
        })
        break
      case 'cdk:asset-manifest':
        for (const [key, path] of assetPaths(folder, properties.file ?? '')) assets.set(key, path)
        break
      case 'cdk:cloud-assembly': {
        const nested = readAssemblyFiles(join(folder, properties.directoryName ?? ''))
        stacks.push(...nested.stacks)
        for (const [key, path] of nested.assets) assets.set(key, path)
        break
      }
      default:
        break
    }
  }
  return { stacks, assets }
}

const readManifest = (folder: string) => {
  try {
    return readJson<{ artifacts?: Record<string, Artifact> }>(join(folder, 'manifest.json'))
  } catch (cause) {
    throw new StartUpError(`There is no assembly in ${folder}: make one with npx cdk synth.`, { cause })
  }
}

const assetPaths = (folder: string, file: string): [string, string][] =>
  Object.values(readJson<AssetManifest>(join(folder, file)).files ?? {}).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }): [string, string] => [objectKey, join(folder, source.path ?? '')]),
  )

const fallbackRegion = 'eu-west-1'

/** `aws://account/region`; either part can be `unknown-…`. */
const regionOf = (environment: string): string => {
  const region = environment.split('/').at(-1) ?? ''
  return region === '' || region.startsWith('unknown') ? fallbackRegion : region
}

const readJson = <Content>(file: string): Content => JSON.parse(readFileSync(file, 'utf8')) as Content
