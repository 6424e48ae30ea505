import type { Destination } from '@aws-sdk/client-sesv2'

/** The bare address in `Name <address>`. */
export const addressOf = (mailbox: string): string => (/<([^<>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox).trim()

/** Everybody that a mail goes to, as bare addresses. */
export const recipientsOf = ({
  ToAddresses = [],
  CcAddresses = [],
  BccAddresses = [],
}: Destination): readonly string[] => [...ToAddresses, ...CcAddresses, ...BccAddresses].map(addressOf)

/** Whether it could be an address; SES's own check is about as coarse. */
export const isAddress = (address: string): boolean => /^[^\s@<>,;:"]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(address)
