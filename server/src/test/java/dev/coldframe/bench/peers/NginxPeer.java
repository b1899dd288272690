package dev.coldframe.bench.peers;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/// nginx with one worker, `sendfile`, its cache of open files and no log. `tcp_nopush` is off: with
/// it a small file costs several times the CPU here.
final class NginxPeer implements Peer {
  @Override
  public String name() {
    return "nginx";
  }

  @Override
  public Set<Service> services() {
    return Set.of(Service.HTTP, Service.INSTALL);
  }

  @Override
  public List<String> version() {
    return List.of("nginx", "-v");
  }

  @Override
  public List<List<String>> prepare(Setting task) throws IOException {
    String config =
        task.write(
            "nginx.conf",
            """
            daemon off;
            user root;
            worker_processes 1;
            worker_rlimit_nofile 8192;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log crit;
            events { worker_connections 4096; use epoll; }
            http {
              access_log off;
              sendfile on;
              tcp_nopush off;
              keepalive_requests 100000000;
              open_file_cache max=1000 inactive=600s;
              open_file_cache_valid 600s;
              default_type application/octet-stream;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              server { listen %2$s:80; root %3$s; }
            }
            """
                .formatted(task.folder(), Link.SERVER, task.files()));
    return List.of(List.of("/usr/sbin/nginx", "-e", task.path("error.log"), "-c", config));
  }
}
