import type { Template } from '@aws-sdk/client-sesv2'
import type { LocalAssembly } from '../../types.ts'
import { nameOf } from '../access/role-policies.ts'
import { identitiesOf } from '../arn-resolver.ts'
import { AwsFault } from '../aws-fault.ts'
import { addressOf } from './mail-address.ts'
import { checkTemplate, type MailTemplate } from './mail-template.ts'

/** The assembly's SES resources. */
export interface SesResources {
  /** Configuration set for mail from this address. Throws AwsFault if the address is unverified or the set is missing. */
  configurationSetFor(from: string, asked: string | undefined): string | undefined
  /** The template by name, or the call's inline template. Throws AwsFault if the name is unknown. */
  template(asked: Template): NamedTemplate
}

interface NamedTemplate {
  readonly template: MailTemplate
  readonly templateName: string
}

/** Throws StartUpError on a template that cannot be rendered. */
export const sesResources = (assembly: LocalAssembly): SesResources => {
  const configurationSets = new Set(assembly.ofType('AWS::SES::ConfigurationSet').map(({ id }) => id))
  const identities = new Map(
    assembly
      .ofType('AWS::SES::EmailIdentity')
      .map(({ properties }) => [properties.EmailIdentity as string, configurationSetOf(properties)]),
  )
  const templates = new Map(
    assembly.ofType('AWS::SES::Template').map((resource) => {
      const { SubjectPart = '', TextPart = '', HtmlPart = '' } = resource.properties.Template as Record<string, string>
      const template = { subject: SubjectPart, text: TextPart, html: HtmlPart }
      checkTemplate(template, nameOf(resource))
      return [resource.id, template]
    }),
  )

  return {
    configurationSetFor(from, asked) {
      const verified = identitiesOf(addressOf(from)).find((identity) => identities.has(identity))
      if (verified === undefined) {
        const region = assembly.region.toUpperCase()
        const message = `Email address is not verified. The following identities failed the check in region ${region}: ${from}`
        throw new AwsFault('MessageRejected', message)
      }
      const chosen = asked ?? identities.get(verified)
      if (chosen !== undefined && !configurationSets.has(chosen)) {
        throw new AwsFault('NotFoundException', `Configuration set <${chosen}> does not exist.`, 404)
      }
      return chosen
    },
    template({ TemplateName = '', TemplateContent }) {
      if (TemplateContent) {
        const { Subject = '', Text = '', Html = '' } = TemplateContent
        return { template: { subject: Subject, text: Text, html: Html }, templateName: 'inline' }
      }
      const template = templates.get(TemplateName)
      if (!template) throw new AwsFault('NotFoundException', `Template ${TemplateName} does not exist`, 404)
      return { template, templateName: TemplateName }
    },
  }
}

const configurationSetOf = (identity: Readonly<Record<string, unknown>>): string | undefined =>
  (identity.ConfigurationSetAttributes as { ConfigurationSetName?: string } | undefined)?.ConfigurationSetName
