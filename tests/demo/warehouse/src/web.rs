//! A web server on a free port of this machine, so that the guide's downloads need no network.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use tiny_http::{Response, Server};

const PICKUPS: &str = "hour,pickups,distance\n0,12,3.5\n1,7,2.25\n2,3,9.0\n";
const POST: &str = r#"{"id": 1, "title": "caching", "body": "a result is found again"}"#;

/// Serves `/pickups.csv` and `/posts/ID`, and counts the requests; stops when dropped.
pub struct WebServer {
    server: Arc<Server>,
    requests: Arc<AtomicU64>,
    address: String,
    thread: Option<JoinHandle<()>>,
}

impl WebServer {
    /// Starts it.
    pub fn start() -> io::Result<WebServer> {
        let server = Arc::new(Server::http("127.0.0.1:0").map_err(io::Error::other)?);
        let address = format!("http://{}", server.server_addr());
        let requests = Arc::new(AtomicU64::new(0));
        let thread = thread::spawn({
            let (server, requests) = (Arc::clone(&server), Arc::clone(&requests));
            move || serve(&server, &requests)
        });
        Ok(WebServer { server, requests, address, thread: Some(thread) })
    }

    /// The address of `path` on this server.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// How many requests it has answered.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already; there is nothing left to save.
            let _ = thread.join();
        }
    }
}

fn serve(server: &Server, requests: &AtomicU64) {
    for request in server.incoming_requests() {
        requests.fetch_add(1, Ordering::SeqCst);
        let response = match request.url() {
            "/pickups.csv" => Response::from_string(PICKUPS),
            path if path.starts_with("/posts/") => Response::from_string(POST),
            _ => Response::from_string("not found").with_status_code(404),
        };
        // A client that went away is no concern of the server's.
        let _ = request.respond(response);
    }
}
