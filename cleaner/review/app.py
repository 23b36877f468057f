"""
Who may ask, and how: a review as pages of one's own browser, on Flask.

The server is werkzeug's own. It is not made for the public internet, and nothing here is public: it listens on the loopback
interface, for one person. What it does need is that no other page of that person's browser, and nobody else's program, can
read or do anything:

- The address that is printed holds a random token, which is changed for a cookie that no script sees and that no other site's
  page sends along. Whoever has no cookie gets 403.
- The Host header must name the loopback address and the port. A foreign name that suddenly leads here (DNS rebinding) gets 403.
- What writes must come from our own page: its origin, and a second token that stands in our forms alone.
- Pages hold texts and nothing live; see `cleaner.report.web`. The policy is sent as a header.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner.errors import ChangedError, CleanerError, InputError, MissingExtra
from cleaner.review.session import DONE, Place, Session

if TYPE_CHECKING:
    from socket import socket

    from flask import Flask, Response

HOST = "127.0.0.1"
_MOST_BYTES = 400_000  # of a request: a text box holds a twentieth of it


class Keys(NamedTuple):
    """
    What opens a review, all random and new for each run.

    Attributes:
        address: In the address that is printed.
        once: In the address that a browser is started with. Other people of the machine can read what programs are started
            with, so it opens the review once only.
        cookie: What the browser then shows.
        form: What our own forms send along.
    """

    address: str
    once: str
    cookie: str
    form: str

    @classmethod
    def new(cls) -> Keys:
        return cls(*(secrets.token_urlsafe(32) for _ in range(4)))


def needed() -> None:
    """
    Make sure that Flask is there.

    Raises:
        MissingExtra: If it is not installed.
    """
    try:
        import flask  # noqa: F401
    except ImportError as missing:
        raise MissingExtra("a review needs Flask: pip install 'cleaner[review]'") from missing


def listening(port: int) -> socket:
    """
    Return a socket of the loopback interface; port 0: any that is free.

    Raises:
        InputError: If the port cannot be had.
    """
    import socket
    import sys

    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let others listen on the same port
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((HOST, port))
        door.listen(64)
    except OSError as error:
        door.close()
        raise InputError(f"--port {port}: cannot be had: {error.strerror or error}; leave it out, and a free one is taken") from None
    return door


def serve(session: Session, door: socket, keys: Keys, complain: Callable[[str], None]) -> None:
    """Answer until somebody presses Ctrl-C; what is being written then is written to its end."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        server_version = "cleaner"
        sys_version = ""

        def log(self, type: str, message: str, *args: Any) -> None:
            pass

    port = door.getsockname()[1]
    server = make_server(HOST, port, app(session, port, keys, complain), threaded=True, request_handler=Quiet, fd=door.fileno())
    door.close()  # the server has one of its own
    try:
        server.serve_forever()
    finally:
        session.lock.acquire()  # for good: a process that leaves begins nothing new


def app(session: Session, port: int, keys: Keys, complain: Callable[[str], None]) -> Flask:
    """Return the web application of a review."""
    import flask
    from werkzeug.exceptions import HTTPException

    from cleaner.review import views

    web = flask.Flask("cleaner.review", static_folder=None, template_folder=None)
    web.config.update(MAX_CONTENT_LENGTH=_MOST_BYTES, MAX_FORM_MEMORY_SIZE=_MOST_BYTES)
    cookie = f"cleaner-review-{port}"  # browsers tell no ports apart where cookies are concerned
    hosts = {f"{HOST}:{port}", f"localhost:{port}", *((HOST, "localhost") if port == 80 else ())}
    unused = {keys.once}

    def known() -> bool:
        return _same(flask.request.cookies.get(cookie, ""), keys.cookie)

    @web.before_request
    def guard() -> Response | None:
        asked = flask.request
        if asked.headers.get("Host", "") not in hosts:
            return _refused("this address is not ours")
        if asked.endpoint == "enter":
            return None
        if not known():
            return _refused("open the address that cleaner review printed; it is a new one each time")
        if asked.method not in ("GET", "HEAD", "OPTIONS"):
            if asked.headers.get("Origin") != f"http://{asked.headers['Host']}":
                return _refused("what writes has to come from our own page")
            if asked.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
                return _refused("what writes has to come from our own page")
            if not _same(asked.form.get("key", ""), keys.form):
                return _refused("this page is of an earlier run; open the address that cleaner review printed")
        return None

    @web.after_request
    def sealed(response: Response) -> Response:
        response.headers.update({
            "Content-Security-Policy": views.policy(),
            "Cache-Control": "no-store",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            # With "no-referrer", browsers would send no origin with our own forms.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        })
        return response

    @web.get("/enter/<token>")
    def enter(token: str) -> Response:
        if not known():
            spent = any(_same(token, each) for each in unused)
            if not spent and not _same(token, keys.address):
                return _refused("this address is of an earlier run, or was used; open the one that cleaner review printed")
            if spent:
                unused.clear()
        # No redirect: a browser that came from elsewhere would not send the cookie with it.
        response = flask.make_response(views.entered())
        response.set_cookie(cookie, keys.cookie, httponly=True, samesite="Strict", path="/")
        return response

    @web.get("/")
    def start() -> Any:
        with session.lock:
            session.refresh()
            at = session.start()
            if at is None:  # so that "nothing is left" is true now, not when the run began
                for file in range(len(session.project.files)):
                    session.look(file)
                at = session.start()
            return flask.redirect(_address(at), 303) if at else views.done(session, keys.form)

    @web.get("/finding/<int:file>/<mark>")
    def finding(file: int, mark: str) -> Any:
        if file >= len(session.project.files):
            flask.abort(404)
        with session.lock:
            session.refresh()
            session.look(file)
            if session.seen(file).find(mark) is None:
                return views.gone(session, keys.form, file), 404
            return views.finding(session, keys.form, Place(file, mark))

    @web.post("/do")
    def do() -> Any:
        form = flask.request.form
        at, what = _place(form, session), form.get("do", "")
        if at is None or what not in DONE:
            flask.abort(400)
        with session.lock:
            try:
                then = session.act(
                    what,
                    at,
                    form.get("digest", ""),
                    text=form.get("text", ""),
                    side=form.get("side", "copy"),
                    reason=" ".join(form.get("reason", "").split())[:500],
                )
            except (CleanerError, OSError) as error:
                return _failed(error, at, form)
        return flask.redirect(_address(then), 303)

    @web.post("/undo")
    def undo() -> Any:
        form = flask.request.form
        with session.lock:
            try:
                then = session.undo(form.get("action", ""))
            except (CleanerError, OSError) as error:
                return _failed(error, _place(form, session), form)
        return flask.redirect(_address(then), 303)

    def _failed(error: Exception, at: Place | None, form: Any) -> Any:
        """Show what went wrong where it went wrong, with what was typed."""
        session.refresh()
        status = 409 if isinstance(error, ChangedError) else 400
        typed = {form.get("side", "copy"): form.get("text", "").replace("\r\n", "\n")} if form.get("do") == "edit" else {}
        if at is not None and session.look(at.file).find(at.mark) is not None:
            return views.finding(session, keys.form, at, problem=str(error), typed=typed), status
        return views.message(str(error), typed="".join(typed.values())), status

    @web.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> Any:
        return views.message(error.description or "that is not known here"), error.code

    @web.errorhandler(Exception)
    def broken(error: Exception) -> Any:
        if isinstance(error, CleanerError):
            return views.message(str(error)), 400
        what = f"an error of our own ({type(error).__name__}: {error}); please report it"
        complain(what)
        return views.message(what), 500

    return web


def _refused(why: str) -> Response:
    import flask

    from cleaner.review import views

    return flask.make_response(views.message(why), 403)


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8"))


def _address(at: Place | None) -> str:
    return f"/finding/{at.file}/{at.mark}" if at else "/"


def _place(form: Any, session: Session) -> Place | None:
    file = form.get("file", "")
    if not file.isascii() or not file.isdecimal() or len(file) > 9 or int(file) >= len(session.project.files):
        return None
    return Place(int(file), form.get("mark", ""))
