"""The one way out: an HTTP client for connectors that is careful where it goes and says truly what happened.

It speaks to one host, reads at most a few megabytes, follows redirects only for reads on the same origin, and
sorts every end of a request into: taken, refused, sign-in refused, try later, or outcome unknown. What is
raised carries no secret: errors are raised outside the ``except`` that saw the cause, so neither their chain
nor their frames hold a request.
"""

from __future__ import annotations

import base64
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx2
from django.utils.translation import gettext as _

from lockgate.channels.addresses import ForbiddenError, UnreachableError, address_complaint, permitted
from lockgate.channels.answers import Answer, Bearer, Concealed, End, skew, sort_status, wait_seconds
from lockgate.channels.types import (
    AccountFacts,
    ChannelError,
    ChannelRefused,
    OutcomeUnknown,
    SignInRefused,
    TryLater,
)

__all__ = ["Answer", "Bearer", "Concealed", "End", "Line", "address_complaint", "sort_status"]

TIMEOUT = httpx2.Timeout(connect=6.0, read=25.0, write=25.0, pool=6.0)
# What one connector call may take in all. After it nothing more is begun, and a server that sends a byte now and
# then is given up. Whoever looks up what became of a call may believe an absence only when it surely has ended.
WHOLE_SECONDS = 45.0
ANSWER_BYTES = 4 * 1024 * 1024
_HOPS = 3


Explain = Callable[[Answer], ChannelError | None]


class _Pinned(httpx2.BaseTransport):
    """Connects to the address that was checked, while TLS and the Host header keep the name."""

    def __init__(self, verify: ssl.SSLContext | bool) -> None:
        self._wire = httpx2.HTTPTransport(verify=verify, trust_env=False, retries=0)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = permitted(host, port)
        failure: httpx2.TransportError | None = None
        for address in addresses[:4]:
            pinned = httpx2.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return self._wire.handle_request(pinned)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                failure = error  # nothing was sent: the next address may be tried
        raise failure or httpx2.ConnectError("no address")

    def close(self) -> None:
        self._wire.close()


@cache
def _trust() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


class Line:
    """An open line to one account's server. Use it as a context manager; one for each connector call.

    ``channel`` is the word for people ("WordPress"). ``explain`` may turn an answer of 400 or more into the
    vendor's own meaning before the general table does.
    """

    def __init__(
        self,
        account: AccountFacts,
        channel: str,
        *,
        explain: Explain | None = None,
    ) -> None:
        complaint = address_complaint(account.base_url)
        if complaint:
            raise ChannelRefused(complaint)
        self.channel = channel
        self._base = account.base_url.rstrip("/")
        self._explain = explain
        self._ends = time.monotonic() + WHOLE_SECONDS
        self._never_said: list[str] = [word for word in account.secrets.values() if word]
        self._client = httpx2.Client(
            transport=_Pinned(_trust() if self._base.startswith("https:") else False),
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Lockgate", "Accept": "application/json", "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def conceal(self, word: str) -> None:
        """``word`` (a session's token, say) is a secret too: no sentence will ever repeat it."""
        if word:
            self._never_said.append(word)

    def read(self, path: str, **asked: Any) -> Answer:
        """GET ``path``. Comes back with 2xx, 404 or 410; raises for all else, and never OutcomeUnknown."""
        return self.ask("GET", path, is_write=False, **asked)

    def write(self, method: str, path: str, **asked: Any) -> Answer:
        """A request that changes what the public sees. In doubt raises OutcomeUnknown. 404 is for the caller."""
        return self.ask(method, path, is_write=True, **asked)

    def prepare(self, path: str, **asked: Any) -> Answer:
        """A POST that the public does not see (signing in, uploading a picture): in doubt, TryLater."""
        return self.ask("POST", path, is_write=False, **asked)

    def ask(
        self,
        method: str,
        path: str,
        *,
        is_write: bool,
        params: Mapping[str, str | int] | Sequence[tuple[str, str]] | None = None,
        json: object = None,
        form: Mapping[str, Any] | Concealed | None = None,
        files: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        auth: httpx2.Auth | None = None,
        passes: Callable[[Answer], bool] | None = None,
    ) -> Answer:
        """One request and its end. ``path`` is under the account's address and begins with a slash.

        An answer of 400 or more that ``passes`` says yes to comes back to the caller instead of being raised.
        """
        request = self._client.build_request(
            method,
            self._base + path,
            params=params,  # type: ignore[arg-type]  # httpx2 wants an invariant mapping
            json=json.value if isinstance(json, Concealed) else json,
            data=form.value if isinstance(form, Concealed) else form,  # type: ignore[arg-type]  # likewise
            files=files,
            content=content,
            headers=headers,
        )
        for _hop in range(_HOPS):
            answer = self._send(request, auth, is_write)
            if 300 <= answer.status < 400 and method == "GET":
                request = self._redirected(request, answer)
                continue
            break
        if not (passes and answer.status >= 400 and passes(answer)):
            self._judge(answer, is_write)
        return answer

    def _send(self, request: httpx2.Request, auth: httpx2.Auth | None, is_write: bool) -> Answer:
        failure: ChannelError
        if time.monotonic() > self._ends:
            raise TryLater(
                _("%(channel)s was so slow that the post was not sent yet.") % {"channel": self.channel}
            )
        try:
            return self._exchange(request, auth)
        except ForbiddenError:
            failure = ChannelRefused(
                _("The address of %(channel)s leads inside the company's network, so nothing was sent.")
                % {"channel": self.channel}
            )
        except UnreachableError:
            failure = TryLater(_("The server of %(channel)s cannot be found.") % {"channel": self.channel})
        except (httpx2.ConnectTimeout, httpx2.PoolTimeout):
            failure = TryLater(_("%(channel)s does not answer.") % {"channel": self.channel})
        except httpx2.ConnectError as error:
            failure = self._no_connection(error)
        except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL):
            failure = ChannelRefused(
                _("The request to %(channel)s could not be put together.") % {"channel": self.channel}
            )
        except httpx2.TimeoutException:
            failure = self._doubt(is_write, _("%(channel)s took too long to answer."))
        except (httpx2.HTTPError, httpx2.StreamError, OSError):
            failure = self._doubt(is_write, _("The connection to %(channel)s broke off."))
        except _NonsenseError:
            failure = self._doubt(is_write, _("%(channel)s gave an answer that cannot be understood."))
        raise failure

    def _exchange(self, request: httpx2.Request, auth: httpx2.Auth | None) -> Answer:
        response = self._client.send(request, auth=auth, stream=True)
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise _NonsenseError  # we asked for none, and an unpacked answer has no bound
            parts: list[bytes] = []
            size = 0
            for part in response.iter_raw():
                size += len(part)
                if size > ANSWER_BYTES:
                    raise _NonsenseError
                if time.monotonic() > self._ends:
                    raise httpx2.ReadTimeout("the whole took too long")
                parts.append(part)
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, b"".join(parts), skew(headers))

    def _redirected(self, request: httpx2.Request, answer: Answer) -> httpx2.Request:
        target = request.url.join(answer.headers.get("location", ""))
        if (target.scheme, target.host, target.port) != (
            request.url.scheme,
            request.url.host,
            request.url.port,
        ):
            raise ChannelRefused(
                _("%(channel)s has moved to another address, %(host)s. Put that in the account's settings.")
                % {"channel": self.channel, "host": target.host[:80]}
            )
        return self._client.build_request("GET", target)

    def _judge(self, answer: Answer, is_write: bool) -> None:
        if answer.status >= 400 and self._explain is not None and (meant := self._explain(answer)):
            raise meant
        wait = wait_seconds(answer.headers)
        end = sort_status(answer.status, is_write=is_write, says_when=wait is not None)
        if end in {End.TAKEN, End.ABSENT}:
            return
        if end is End.SIGN_IN:
            raise SignInRefused(
                _("%(channel)s does not accept the password or token of this account. Enter a new one.")
                % {"channel": self.channel}
            )
        if end is End.LATER:
            raise TryLater(
                _("%(channel)s asks us to come back later.") % {"channel": self.channel}
                if answer.status in {429, 503}
                else _("%(channel)s is out of order just now (%(status)s).")
                % {"channel": self.channel, "status": answer.status},
                after_seconds=wait if wait is not None else 60,
            )
        if end is End.UNKNOWN:
            raise OutcomeUnknown(
                _(
                    "%(channel)s answered with an error (%(status)s) after it had the post; it may stand there."
                )
                % {"channel": self.channel, "status": answer.status}
            )
        raise self.refused(answer)

    def refused(self, answer: Answer) -> ChannelRefused:
        """The channel's no, with its own words where they are fit to be shown."""
        said = self.said(answer)
        if said:
            return ChannelRefused(
                _("%(channel)s refused: %(said)s") % {"channel": self.channel, "said": said}
            )
        return ChannelRefused(
            _("%(channel)s refused the request (%(status)s).")
            % {"channel": self.channel, "status": answer.status}
        )

    def nonsense(self) -> OutcomeUnknown:
        """For a connector whose write was answered with 2xx and words that it cannot use."""
        return OutcomeUnknown(
            _("%(channel)s gave an answer that cannot be understood. The post may stand there.")
            % {"channel": self.channel}
        )

    def unreadable(self) -> TryLater:
        """Likewise for a read, which changed nothing."""
        return TryLater(
            _("%(channel)s gave an answer that cannot be understood.") % {"channel": self.channel}
        )

    def said(self, answer: Answer) -> str:
        """The server's own words on an error, cut short; empty if they would repeat a secret."""
        data = answer.record()
        words = next(
            (
                data[key]
                for key in ("message", "error_description", "error")
                if isinstance(data.get(key), str)
            ),
            "",
        )
        words = " ".join("".join(c if c.isprintable() and c not in "<>" else " " for c in words).split())
        return "" if self._repeats_secret(words) else words[:200]

    def _repeats_secret(self, words: str) -> bool:
        squeezed = "".join(words.split())
        for secret in self._never_said:
            bare = "".join(secret.split())
            # Base64 of a longer text may begin at any of three offsets; its middle is enough to know it by.
            forms = [bare] + [base64.b64encode(b" " * n + secret.encode())[4:-4].decode() for n in range(3)]
            if any(form and form in squeezed for form in forms):
                return True
        return "basic " in words.casefold() or "bearer " in words.casefold()

    def _doubt(self, is_write: bool, sentence: str) -> ChannelError:
        told = sentence % {"channel": self.channel}
        if is_write:
            return OutcomeUnknown(told + " " + _("The post may stand there; it will be looked up."))
        return TryLater(told)

    def _no_connection(self, error: httpx2.ConnectError) -> ChannelError:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return ChannelRefused(
                    _("The certificate of %(channel)s is not to be trusted, so nothing was sent.")
                    % {"channel": self.channel}
                )
            cause = cause.__cause__ or cause.__context__
        return TryLater(_("%(channel)s cannot be reached.") % {"channel": self.channel})


class _NonsenseError(Exception):
    """The bytes that came back are no answer to what was asked."""
