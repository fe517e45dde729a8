//! The same steps as queries of salsa, the files of packages with high durability.

use std::sync::Arc;

use salsa::{Durability, Setter, Storage};

use crate::Contender;
use crate::model::{self, Place, Queries, Sources, Summary};

#[salsa::input]
struct File {
    #[returns(ref)]
    text: String,
}

#[salsa::interned]
struct Name<'db> {
    #[returns(ref)]
    place: Place,
}

#[salsa::db]
trait Db: salsa::Database {
    fn file(&self, at: usize) -> File;
}

#[salsa::db]
#[derive(Clone, Default)]
struct Database {
    storage: Storage<Self>,
    files: Arc<Vec<File>>,
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {
    fn file(&self, at: usize) -> File {
        self.files[at]
    }
}

#[salsa::tracked(returns(clone))]
fn summary(db: &dyn Db, file: File) -> Arc<Summary> {
    Arc::new(model::summarize(file.text(db)))
}

#[salsa::tracked(returns(clone))]
fn resolve<'db>(db: &'db dyn Db, name: Name<'db>) -> Option<Place> {
    model::resolve(&On(db), name.place(db))
}

#[salsa::tracked(returns(copy))]
fn is_sync<'db>(db: &'db dyn Db, name: Name<'db>) -> bool {
    model::is_sync(&On(db), name.place(db))
}

struct On<'db>(&'db dyn Db);

impl Queries for On<'_> {
    fn summary(&self, file: usize) -> Arc<Summary> {
        summary(self.0, self.0.file(file))
    }

    fn resolve(&self, place: &Place) -> Option<Place> {
        resolve(self.0, Name::new(self.0, place.clone()))
    }

    fn is_sync(&self, place: &Place) -> bool {
        is_sync(self.0, Name::new(self.0, place.clone()))
    }
}

pub struct Tracked(Database);

impl Tracked {
    pub fn new(sources: Sources) -> Self {
        let mut db = Database::default();
        let last = sources.0.len() - 1;
        let files = sources.0.into_iter().enumerate().map(|(at, text)| {
            let durability = if at == last { Durability::LOW } else { Durability::HIGH };
            File::builder(text).text_durability(durability).new(&db)
        });
        let files: Vec<File> = files.collect();
        db.files = Arc::new(files);
        Tracked(db)
    }
}

impl Contender for Tracked {
    fn check(&mut self) -> usize {
        model::check(&On(&self.0), self.0.files.len() - 1)
    }

    fn edit(&mut self, text: String) {
        let own = *self.0.files.last().expect("there is one");
        own.set_text(&mut self.0).with_durability(Durability::LOW).to(text);
    }
}
