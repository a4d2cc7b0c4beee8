<?php
// Installs the site whose address is the first argument, with the second as the admin's password, and prints
// an application password for it.
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = parse_url($argv[1], PHP_URL_HOST) . ':' . parse_url($argv[1], PHP_URL_PORT);
$_SERVER['REQUEST_METHOD'] = 'GET';
require __DIR__ . '/site/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Halden Valve', 'admin', 'admin@example.test', true, '', $argv[2]);
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%postname%/');
$wp_rewrite->flush_rules(false);
[$password] = WP_Application_Passwords::create_new_application_password(1, ['name' => 'lockgate']);
echo "\n", json_encode(['user' => 'admin', 'app_password' => $password, 'version' => $GLOBALS['wp_version']]), "\n";
