"""A mail server (aiosmtpd) that writes each message it takes as a line of JSON, read by Python's own parser.

What it does is asked for by the recipient's name: "refused" is refused for good, "later" twice for now, "silent" is never answered.
"""
import argparse
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

arguments = argparse.ArgumentParser()
arguments.add_argument("--port", type=int, required=True)
arguments.add_argument("--security", choices=["None", "StartTls", "Tls"], default="None")
arguments.add_argument("--certificate")
arguments.add_argument("--key")
arguments.add_argument("--login")
arguments.add_argument("--delay", type=float, default=0)
options = arguments.parse_args()
tries = {}


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name.startswith("refused"):
            return "550 5.1.1 no such person"
        if name.startswith("silent"):
            await asyncio.sleep(600)
        if name.startswith("later"):
            tries[address] = tries.get(address, 0) + 1
            if tries[address] <= 2:
                return "451 4.3.0 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(options.delay)
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        text = message.get_body(("plain",))
        html = message.get_body(("html",))
        print("LETTER " + json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": [[k, str(v)] for k, v in message.items()],
            "subject": str(message["Subject"]),
            "text": text.get_content() if text else None,
            "html": html.get_content() if html else None,
            "tls": session.ssl is not None or options.security == "Tls",
            "login": str(session.auth_data or ""),
            "longest": max(len(line) for line in envelope.original_content.split(b"\r\n")),
            "defects": [repr(d) for d in message.defects],
        }), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    given = data.login.decode() + ":" + data.password.decode()
    return AuthResult(success=True, auth_data=data.login.decode()) if given == options.login else AuthResult(success=False, handled=False)


tls = None
if options.security != "None":
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(options.certificate, options.key)


async def main():
    def factory():
        return SMTP(
            Handler(), hostname="mail.test", enable_SMTPUTF8=False,
            tls_context=tls if options.security == "StartTls" else None, require_starttls=options.security == "StartTls",
            authenticator=authenticate if options.login else None, auth_required=bool(options.login),
            auth_require_tls=options.security == "StartTls")

    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, "127.0.0.1", options.port, ssl=tls if options.security == "Tls" else None)
    print("LISTENING", flush=True)
    async with server:
        await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    sys.exit(0)
