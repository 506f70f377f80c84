import { latin1 } from "../model/bytes.ts";

/** What SMTP understands and FTP does not, and what leaves no trace in either. */
export const EHLO: Uint8Array = latin1("EHLO localhost\r\n");
export const QUIT: Uint8Array = latin1("QUIT\r\n");

// Words, not parts of host names: "220 ftp.example.org ESMTP" is a mail server.
const MAIL =
  /(?<![\w.-])(?:E?SMTPS?|LMTP|Postfix|Exim|Sendmail|OpenSMTPD|Haraka|MailHog|Mailpit)(?!\w|[.-]\w)/i;
const FILES =
  /(?<![\w.-])(?:(?:Pure-|vs|Pro|pyftpdlib|Serv-U |b|s)?FTPd?|pyftpdlib|FileZilla|Serv-U|wu-[\d.]+)(?!\w|[.-]\w)/i;

/** Which of the two protocols that greet with a code names itself; undefined where the words do not tell. */
export function protocolOf(text: string): "smtp" | "ftp" | undefined {
  if (/(?<![\w.-])ESMTP(?!\w|[.-]\w)/i.test(text)) return "smtp";
  const mail = MAIL.test(text);
  const files = FILES.test(text);
  if (mail === files) return undefined;
  return mail ? "smtp" : "ftp";
}
