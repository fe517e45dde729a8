//! `Send` and `Sync` of structs, enums and unions: by an impl if there is one, else by the fields.

use super::Answer;
use crate::resolve::lower::{Env, type_params};
use crate::resolve::modules::ItemRef;
use crate::resolve::query::Query;
use crate::resolve::summary::{Adt, ItemKind};
use crate::resolve::ty::{Args, TraitRef, Ty};
use crate::resolve::{ReasonStep, Resolver};
use crate::source::FileRange;

impl Resolver {
    pub(super) fn auto_of_adt(
        &self,
        q: &Query,
        item: &ItemRef,
        args: &Args,
        ty: &Ty,
        as_trait: &TraitRef,
    ) -> Answer {
        let krate = self.module(item.module).krate;
        let impls = self.impls_of(q, krate);
        // An impl for some arguments takes the automatic one away for all.
        let general = Ty::Adt(item.clone(), args.iter().map(|_| Ty::Unknown).collect());
        let by_hand = self.candidates(q, &impls, &general, as_trait);
        if !by_hand.is_empty() {
            return self.by_impls(q, ty, as_trait);
        }
        if self.has_unknown_attribute(q, item) {
            return Answer::Unknown;
        }
        let ItemKind::Adt(adt) = &item.item.kind else { return Answer::Unknown };
        let by_fields = self.auto_by_fields(q, item, adt, args, as_trait);
        // An impl that isn't seen can take the trait away only by a condition on the parameters.
        let may_differ = match by_fields {
            Answer::Yes => type_params(&adt.generics).next().is_some(),
            Answer::No(_) if self.may_be_derived(q, item, as_trait) => return Answer::Unknown,
            Answer::No(_) => true,
            Answer::Unknown => return Answer::Unknown,
        };
        if may_differ && self.may_be_unseen(q, &impls, &general, as_trait) {
            return Answer::Unknown;
        }
        by_fields
    }

    fn auto_by_fields(
        &self,
        q: &Query,
        item: &ItemRef,
        adt: &Adt,
        args: &Args,
        as_trait: &TraitRef,
    ) -> Answer {
        let data = self.module(item.module);
        let mut env = Env::of(item, &adt.generics, args);
        env.self_ty = Some(Ty::Adt(item.clone(), args.clone()));
        let mut answer = Answer::Yes;
        for variant in &adt.variants {
            let of_variant = self.is_active(data.krate, &variant.attrs);
            if of_variant == Some(false) {
                continue;
            }
            for field in &variant.fields {
                let active = self.is_active(data.krate, &field.attrs);
                if active == Some(false) {
                    continue;
                }
                let ty = self.lower(q, &env, &field.ty);
                let certain = of_variant == Some(true) && active == Some(true);
                answer = answer.and(|| {
                    let of_field = self.holds(q, &ty, as_trait).because(|| ReasonStep {
                        message: field_message(&item.item.name, &variant.name, field, as_trait),
                        place: Some(FileRange { file: data.file.clone(), range: field.range }),
                    });
                    if certain { of_field } else { of_field.doubt_no() }
                });
                if matches!(answer, Answer::No(_)) {
                    return answer;
                }
            }
        }
        answer
    }
}

fn field_message(
    of: &str,
    variant: &str,
    field: &crate::resolve::summary::Field,
    as_trait: &TraitRef,
) -> String {
    let name = &field.name;
    let at = if variant.is_empty() { String::new() } else { format!("{variant}::") };
    format!("field `{at}{name}: {}` of `{of}` is not `{as_trait}`", field.text)
}
