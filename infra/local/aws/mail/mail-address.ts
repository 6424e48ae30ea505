import type { Destination } from '@aws-sdk/client-sesv2'

/** The bare address in `Name <address>`. */
export const addressOf = (mailbox: string): string => (/<([^<>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox).trim()

/** All recipients of a mail, as bare addresses. */
export const recipientsOf = ({
  ToAddresses = [],
  CcAddresses = [],
  BccAddresses = [],
}: Destination): readonly string[] => [...ToAddresses, ...CcAddresses, ...BccAddresses].map(addressOf)

/** A rough syntax check, about as strict as that of SES. */
export const isAddress = (address: string): boolean => /^[^\s@<>,;:"]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(address)
