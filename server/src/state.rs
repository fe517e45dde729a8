//! The server's state. One task owns it, applies events to it in order, and never waits; whatever
//! takes time runs on a frozen [`View`] elsewhere and comes back as an event.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cachelit_workspace::{LoadOptions, Workspace};
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant};
use tower_lsp::ls_types::MessageType;

use crate::capabilities::Agreement;
use crate::discover;
use crate::documents::Documents;
use crate::event::Event;
use crate::outbox::{Health, Outbox, ServerStatus};
use crate::publish::Published;
use crate::schedule::{self, Panicked};
use crate::slot::{Slot, SlotId};
use crate::tasks::{self, View};

/// The pause that counts as the end of a burst of keystrokes.
const TYPING_PAUSE: Duration = Duration::from_millis(20);

/// The pause that counts as the end of a burst of changes on disk: a checkout, a build.
const DISK_PAUSE: Duration = Duration::from_millis(100);

/// Everything that the server knows.
pub(crate) struct State {
    /// What was agreed on with the client.
    pub(crate) agreement: Arc<Agreement>,
    /// The open documents.
    pub(crate) documents: Arc<Documents>,
    /// The folders that are open in the editor.
    pub(crate) folders: Vec<PathBuf>,
    /// The workspaces.
    pub(crate) slots: Vec<Slot>,
    /// Folders of packages outside of those, of which the client was asked to watch the files.
    pub(crate) watched: HashSet<PathBuf>,
    /// What the client shows.
    pub(crate) published: Published,
    /// Messages to the client.
    pub(crate) outbox: Outbox,
    events: mpsc::UnboundedSender<Event>,
    revision: u64,
    next_slot: u32,
    next_load: u32,
    told_of_panic: bool,
    status: Option<ServerStatus>,
}

impl State {
    /// Knows nothing yet. Work sends its outcome to `events`.
    pub(crate) fn new(outbox: Outbox, events: mpsc::UnboundedSender<Event>) -> Self {
        State {
            agreement: Arc::default(),
            documents: Arc::default(),
            folders: Vec::new(),
            slots: Vec::new(),
            watched: HashSet::new(),
            published: Published::default(),
            outbox,
            events,
            revision: 0,
            next_slot: 0,
            next_load: 0,
            told_of_panic: false,
            status: None,
        }
    }

    /// Something changed that findings may depend on: what was computed before is older than this.
    pub(crate) fn advance(&mut self) {
        self.revision += 1;
    }

    /// The workspace of this name, unless it was closed.
    pub(crate) fn slot(&mut self, id: SlotId) -> Option<&mut Slot> {
        self.slots.iter_mut().find(|slot| slot.id == id)
    }

    /// A frozen revision of the workspace that checks a file.
    pub(crate) fn view_of(&self, path: &Path) -> Option<View> {
        let slot = self.slots.iter().find(|slot| slot.checks(path))?;
        view(slot, &self.documents, &self.agreement, self.revision)
    }

    /// Puts the text of an open document over the file in every workspace: one may depend on another.
    pub(crate) fn show_buffer(&mut self, path: &Path) {
        let Some(document) = self.documents.get(path) else {
            return;
        };
        for slot in &mut self.slots {
            slot.update(|workspace| workspace.set_buffer(path, Arc::clone(&document.text)));
        }
    }

    /// Wishes for a check of the open files, of every workspace.
    pub(crate) fn want_typing(&mut self, pause: Pause) {
        let now = Instant::now();
        for slot in self.slots.iter_mut().filter(|slot| slot.workspace().is_some()) {
            slot.want_typing(now, pause.duration());
        }
    }

    /// Wishes for a check of all files, of every workspace.
    pub(crate) fn want_sweep(&mut self, pause: Pause) {
        let now = Instant::now();
        for slot in self.slots.iter_mut().filter(|slot| slot.workspace().is_some()) {
            slot.sweep.want(now, pause.duration());
        }
    }

    /// Adds the workspaces of the editor's folders that are not known yet.
    pub(crate) fn add_folders(&mut self) {
        for folder in self.folders.clone() {
            if self.slots.iter().any(|slot| slot.folders.contains(&folder)) {
                continue;
            }
            for manifest in discover::in_folder(&folder) {
                match self.slots.iter_mut().find(|slot| slot.manifest == manifest) {
                    Some(slot) => slot.folders.push(folder.clone()),
                    None => self.add_slot(manifest, vec![folder.clone()]),
                }
            }
        }
    }

    /// Adds the workspaces of open files that no other one contains, once it is known which do.
    pub(crate) fn add_orphans(&mut self) {
        if self.slots.iter().any(|slot| !slot.load.is_idle()) {
            return;
        }
        let open: Vec<PathBuf> = self.documents.iter().map(|(path, _)| path.to_owned()).collect();
        for path in open {
            if self.slots.iter().any(|slot| slot.serves(&path)) {
                continue;
            }
            let Some(manifest) = discover::around_file(&path) else {
                continue;
            };
            if !self.slots.iter().any(|slot| slot.is_of(&manifest)) {
                self.add_slot(manifest, Vec::new());
            }
        }
    }

    fn add_slot(&mut self, manifest: PathBuf, folders: Vec<PathBuf>) {
        let mut slot = Slot::new(SlotId(self.next_slot), manifest, folders);
        self.next_slot += 1;
        slot.load.want(Instant::now(), Duration::ZERO);
        self.slots.push(slot);
    }

    /// Forgets workspaces, and what the client shows of them.
    pub(crate) fn remove_slots(&mut self, remove: impl Fn(&Slot) -> bool) {
        for slot in self.slots.extract_if(.., |slot| remove(slot)) {
            slot.loaded.notify_one();
            self.published.clear_slot(slot.id, &self.documents, &self.outbox);
        }
    }

    /// Tells the user of a panic, once; the log has them all.
    pub(crate) fn tell_of_panic(&mut self, panicked: Panicked) {
        if !std::mem::replace(&mut self.told_of_panic, true) {
            self.outbox.show(MessageType::ERROR, panicked.to_string());
        }
    }

    /// When [`State::start_due`] has something to do next.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.slots.iter().filter_map(Slot::due).min()
    }

    /// Starts the work that is due.
    pub(crate) fn start_due(&mut self, now: Instant) {
        for slot in &mut self.slots {
            if slot.load.start(now) {
                if self.agreement.progress {
                    let title = format!("cachelit: reading {}", slot.manifest.display());
                    slot.loaded = Arc::default();
                    self.next_load += 1;
                    self.outbox.progress(self.next_load, title, Arc::clone(&slot.loaded));
                }
                start_load(slot, &self.events);
            }
            let Some(view) = view(slot, &self.documents, &self.agreement, self.revision) else {
                continue;
            };
            if slot.typing.start(now) {
                start_typing(slot, view.clone(), &self.events);
            }
            if slot.sweep.start(now) {
                start_sweep(slot.id, view, &self.events);
            }
        }
        self.tell_status();
    }

    fn tell_status(&mut self) {
        if !self.agreement.server_status {
            return;
        }
        let failure = self.slots.iter().find_map(|slot| slot.failure.clone());
        let warning = self
            .slots
            .iter()
            .find_map(|slot| slot.workspace().and_then(|it| it.warnings().first().cloned()));
        let status = ServerStatus {
            health: match (&failure, &warning) {
                (Some(_), _) => Health::Error,
                (None, Some(_)) => Health::Warning,
                (None, None) => Health::Ok,
            },
            quiescent: self.slots.iter().all(Slot::is_idle),
            message: failure.or(warning),
        };
        if self.status.as_ref() != Some(&status) {
            self.outbox.status(status.clone());
            self.status = Some(status);
        }
    }
}

/// How long to wait for more of the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    /// Not at all.
    None,
    /// As long as between keystrokes.
    Typing,
    /// As long as between changes on disk.
    Disk,
}

impl Pause {
    /// As a duration.
    pub(crate) fn duration(self) -> Duration {
        match self {
            Pause::None => Duration::ZERO,
            Pause::Typing => TYPING_PAUSE,
            Pause::Disk => DISK_PAUSE,
        }
    }
}

fn view(
    slot: &Slot,
    documents: &Arc<Documents>,
    agreement: &Arc<Agreement>,
    revision: u64,
) -> Option<View> {
    Some(View {
        snapshot: slot.snapshot()?.clone(),
        documents: Arc::clone(documents),
        agreement: Arc::clone(agreement),
        revision,
    })
}

fn start_load(slot: &Slot, events: &mpsc::UnboundedSender<Event>) {
    let (id, manifest, events) = (slot.id, slot.manifest.clone(), events.clone());
    schedule::spawn(
        move || {
            let folder = manifest.parent().unwrap_or(&manifest).to_owned();
            let options = LoadOptions { manifest_path: Some(manifest), ..LoadOptions::new(folder) };
            Workspace::load(&options).map(Box::new)
        },
        move |loaded| report(&events, Event::Loaded(id, loaded)),
    );
}

fn start_typing(slot: &mut Slot, view: View, events: &mpsc::UnboundedSender<Event>) {
    let open = view.documents.iter().map(|(path, _)| path.to_owned());
    let files: Vec<PathBuf> = open
        .filter(|path| view.snapshot.package_of(path).is_some())
        .chain(slot.touched.drain())
        .collect();
    let (id, superseded, events) = (slot.id, slot.begin_typing(), events.clone());
    schedule::spawn(
        move || tasks::check_files(&view, &files, &superseded),
        move |checked| report(&events, Event::Checked(id, tasks::Extent::Files, checked)),
    );
}

fn start_sweep(id: SlotId, view: View, events: &mpsc::UnboundedSender<Event>) {
    let events = events.clone();
    schedule::spawn(
        move || tasks::check_workspace(&view),
        move |checked| report(&events, Event::Checked(id, tasks::Extent::Workspace, checked)),
    );
}

fn report(events: &mpsc::UnboundedSender<Event>, event: Event) {
    // Fails only once the server stops, when nobody waits for it.
    let _ = events.send(event);
}
