"""Debian's SimpleSAMLphp as a SAML 2.0 identity provider, on PHP's own server, with a key made for the day."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from tools.peers.peer import Peer, PeerMissing, answers, begin, end, free_port, run, wait_for

PACKAGE = Path("/usr/share/simplesamlphp")
_ROUTER = """<?php
// SimpleSAMLphp needs PATH_INFO after module.php and saml2/*.php.
$w = '/usr/share/simplesamlphp/www';
$u = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (preg_match('#^(/.*?\\.php)(/.*)?$#', $u, $m) && is_file($w . $m[1])) {
    $_SERVER['SCRIPT_NAME'] = $m[1];
    $_SERVER['SCRIPT_FILENAME'] = $w . $m[1];
    $_SERVER['PHP_SELF'] = $u;
    if (!empty($m[2])) { $_SERVER['PATH_INFO'] = $m[2]; }
    chdir(dirname($w . $m[1]));
    require $w . $m[1];
    return true;
}
return false;
"""
_CONFIG = """
$config['baseurlpath'] = '{url}/';
$config['certdir'] = '{folder}/cert/';
$config['loggingdir'] = '{folder}/log/';
$config['datadir'] = '{folder}/data/';
$config['tempdir'] = '{folder}/tmp';
$config['secretsalt'] = 'ci-salt-0123456789abcdef';
$config['auth.adminpassword'] = 'ci-admin';
$config['logging.handler'] = 'file';
$config['enable.saml20-idp'] = true;
$config['timezone'] = 'UTC';
$config['session.cookie.secure'] = false;
$config['module.enable'] = ['exampleauth' => true, 'core' => true, 'saml' => true];
$config['metadata.sources'] = [['type' => 'flatfile', 'directory' => '{folder}/metadata']];
"""
_PEOPLE = """<?php
$config = ['admin' => ['core:AdminPassword'], 'ci' => ['exampleauth:UserPass', {people}]];
"""
_PERSON = "'{uid}:{uid}-pass' => ['uid' => ['{uid}'], 'mail' => ['{email}'], 'displayName' => ['{name}']]"
_HOSTED = """<?php
$metadata['{url}/saml2/idp/metadata.php'] = [
    'host' => '__DEFAULT__', 'privatekey' => 'server.pem', 'certificate' => 'server.crt', 'auth' => 'ci',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'authproc' => [3 => ['class' => 'saml:AttributeNameID', 'attribute' => 'uid',
        'Format' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent']],
];
"""
_REMOTE = """<?php
$metadata['{sp}/sign-in/saml/metadata'] = [
    'AssertionConsumerService' => '{sp}/sign-in/saml/answer', 'simplesaml.nameidattribute' => 'uid',
];
"""


def start(folder: Path, people: dict[str, tuple[str, str]], *, sp: str = "http://testserver") -> Peer:
    """A provider that knows ``people`` ({uid: (e-mail, name)}; the password is the uid and "-pass")."""
    php = shutil.which("php")
    if php is None or not (PACKAGE / "www").exists():
        raise PeerMissing(
            "SimpleSAMLphp is not here. Run: sudo apt-get install simplesamlphp php-cli php-xml"
        )
    began = time.monotonic()
    folder = folder.resolve()
    config, log = folder / "config", folder / "saml.log"
    for name in ("config", "cert", "log", "data", "tmp", "metadata"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{free_port()}"
    run(
        [
            "openssl",
            "req",
            "-newkey",
            "rsa:2048",
            "-new",
            "-x509",
            "-days",
            "2",
            "-nodes",
            "-subj",
            "/CN=idp",
            "-out",
            str(folder / "cert/server.crt"),
            "-keyout",
            str(folder / "cert/server.pem"),
        ],
        what="openssl",
    )
    shipped = Path("/etc/simplesamlphp/config.php").read_text("utf-8")
    (config / "config.php").write_text(shipped + _CONFIG.format(url=url, folder=folder), "utf-8")
    told = ", ".join(_PERSON.format(uid=uid, email=email, name=name) for uid, (email, name) in people.items())
    (config / "authsources.php").write_text(_PEOPLE.format(people=told), "utf-8")
    (folder / "metadata/saml20-idp-hosted.php").write_text(_HOSTED.format(url=url), "utf-8")
    (folder / "metadata/saml20-sp-remote.php").write_text(_REMOTE.format(sp=sp), "utf-8")
    router = folder / "router.php"
    router.write_text(_ROUTER, "utf-8")
    process = begin(
        [php, "-S", url.removeprefix("http://"), "-t", str(PACKAGE / "www"), str(router)],
        log=log,
        env={"SIMPLESAMLPHP_CONFIG_DIR": str(config), "PHP_CLI_SERVER_WORKERS": "3"},
    )
    try:
        wait_for(lambda: answers(f"{url}/saml2/idp/metadata.php"), process, what="SimpleSAMLphp", log=log)
    except BaseException:
        end(process)
        raise
    return Peer(
        name="simplesamlphp",
        url=url,
        account={
            "entity": f"{url}/saml2/idp/metadata.php",
            "sign_in": f"{url}/saml2/idp/SSOService.php",
            "certificate": str(folder / "cert/server.crt"),
            "key": str(folder / "cert/server.pem"),
        },
        version="SimpleSAMLphp",
        folder=folder,
        seconds=time.monotonic() - began,
        processes=[process],
    )
