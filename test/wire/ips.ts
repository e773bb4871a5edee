import fc from "fast-check";

/** IP addresses in all the forms that people write, IPv4 in IPv6 among them. */
export const anyIp: fc.Arbitrary<string> = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((ip) => `::ffff:${ip}`),
);
